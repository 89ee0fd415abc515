/** What the system allows this process. */
import { accessSync } from 'node:fs';

/** @param mode of `fs.constants`: R_OK and so on */
export function mayAccess(file: string, mode: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
