/** The server gives the file of the package `uplot` by this name. */
export { default } from 'uplot';
