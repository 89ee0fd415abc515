/** Files in stores of objects (`s3://BUCKET/FOLDER`), for batches and workers. The client is loaded by who names one, and by nobody else (packages.ts). */
export { S3Depot } from './s3-depot';
