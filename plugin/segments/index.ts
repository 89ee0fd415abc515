/**
 * A long recording in segments: each is fused on its own, by any process, and they are joined without encoding again.
 *
 *       cut:   files ── key frames ──> segments
 *       fuse:  segment ── part of a graph (graph/run/part.ts) ──> piece, a file of encoded pictures with their times
 *       join:  pieces ── container ──> recording
 *
 * - **What comes out** has the pictures, time stamps and duration of one run. Every picture is in one segment: that in which its time lies.
 * - **A segment** begins a lead-in behind a key frame of the reference, so that nothing is decoded in vain. The key frames of the other
 *   exposures may lie elsewhere: each file begins at its own, and gives what stands from the lead-in on.
 * - **The lead-in** is as long as the fusion remembers (cuts.ts); what of it differs afterwards is less than flicker.
 * - **A piece** begins with a key frame, as every stream of an encoder does, and no picture refers to another piece. The graph's own encoder
 *   makes it, with its own settings, so that all pieces have the same parameter sets and one container takes them all.
 */
export { cutRecording, type Segment } from './cuts';
export { joinPieces } from './join-pieces';
export { isWholePiece } from './piece-reader';
export { pieceGraph } from './piece-graph';
