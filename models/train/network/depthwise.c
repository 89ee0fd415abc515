/* Depth-wise 3x5 convolution with zero padding, forward and backward, for planes [n,c,h,w]. PyTorch's own backward takes
 * half of a training step at these sizes. Built and called by depthwise.py. */
#include <string.h>

enum { RY = 1, RX = 2, KH = 3, KW = 5 };

/* out += in correlated with k, or convolved where flip is set */
static void plane(const float *in, const float *k, float *out, int h, int w, int flip) {
    float row[4096];
    for (int y = 0; y < h; y++)
        for (int dy = -RY; dy <= RY; dy++) {
            int from = y + (flip ? -dy : dy);
            if (from < 0 || from >= h) continue;
            memset(row, 0, sizeof(float) * RX);
            memcpy(row + RX, in + from * w, sizeof(float) * w);
            memset(row + RX + w, 0, sizeof(float) * RX);
            const float *c = k + (dy + RY) * KW;
            float *o = out + y * w;
            if (flip)
                for (int x = 0; x < w; x++)
                    o[x] += c[4] * row[x] + c[3] * row[x + 1] + c[2] * row[x + 2] + c[1] * row[x + 3] + c[0] * row[x + 4];
            else
                for (int x = 0; x < w; x++)
                    o[x] += c[0] * row[x] + c[1] * row[x + 1] + c[2] * row[x + 2] + c[3] * row[x + 3] + c[4] * row[x + 4];
        }
}

void forward(const float *in, const float *k, float *out, int n, int c, int h, int w) {
    memset(out, 0, sizeof(float) * n * c * h * w);
    for (int i = 0; i < n * c; i++) plane(in + i * h * w, k + (i % c) * KH * KW, out + i * h * w, h, w, 0);
}

/* grad_k must be zero at the start */
void backward(const float *in, const float *k, const float *grad, float *grad_in, float *grad_k, int n, int c, int h, int w) {
    float row[4096];
    memset(grad_in, 0, sizeof(float) * n * c * h * w);
    for (int i = 0; i < n * c; i++) {
        const float *g = grad + i * h * w, *x0 = in + i * h * w;
        plane(g, k + (i % c) * KH * KW, grad_in + i * h * w, h, w, 1);
        for (int y = 0; y < h; y++)
            for (int dy = -RY; dy <= RY; dy++) {
                int from = y + dy;
                if (from < 0 || from >= h) continue;
                memset(row, 0, sizeof(float) * RX);
                memcpy(row + RX, x0 + from * w, sizeof(float) * w);
                memset(row + RX + w, 0, sizeof(float) * RX);
                for (int dx = 0; dx < KW; dx++) {
                    float sum = 0;
                    for (int x = 0; x < w; x++) sum += g[y * w + x] * row[x + dx];
                    grad_k[((i % c) * KH + dy + RY) * KW + dx] += sum;
                }
            }
    }
}
