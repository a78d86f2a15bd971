// A file that a command was to read or write and cannot, told with a code and in plain words.
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export type FileProblemCode = 'FILE_MISSING' | 'FILE_NOT_USABLE';

export class FileProblem extends Error {
  readonly code: FileProblemCode;
  constructor(code: FileProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Whether two paths lead to the same file, also through a link. */
export function isSameFile(one: string, other: string): boolean {
  if (resolve(one) === resolve(other)) return true;
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  // A device may well be read and written.
  return a?.isFile() === true && a.dev === b?.dev && a.ino === b.ino;
}

/** What the system said of a file; anything else as it is. */
export function asFileProblem(fault: unknown): unknown {
  const { code, path, syscall, errcode, message } = (fault ?? {}) as NodeJS.ErrnoException & {
    errcode?: number;
  };
  if (errcode !== undefined && sqliteFileCodes.has(errcode & 0xff))
    return new FileProblem(
      'FILE_NOT_USABLE',
      `What the ledger keeps beside its log cannot be used: ${message}. What was acknowledged is in the log.`,
    );
  if (code === undefined || syscall === undefined) return fault;
  if (path === undefined)
    return code === 'ENOSPC'
      ? new FileProblem('FILE_NOT_USABLE', `Nothing more can be written: ${reasons[code]}.`)
      : fault;
  if (code === 'ENOENT') return new FileProblem('FILE_MISSING', missing(path));
  const why = reasons[code] ?? `the system says ${code}`;
  return new FileProblem('FILE_NOT_USABLE', `${path} cannot be used: ${why}.`);
}

function missing(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) ? `There is no file ${path}.` : `There is no folder ${folder}.`;
}

/** What SQLite says of the file itself: it can only be read, fails, is damaged, has no room, cannot be opened, is no database. */
const sqliteFileCodes: ReadonlySet<number> = new Set([8, 10, 11, 13, 14, 26]);

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'its rights do not allow it',
  EPERM: 'its rights do not allow it',
  EROFS: 'its file system can only be read',
  EISDIR: 'it is a folder',
  ENOTDIR: 'what should be a folder on its path is a file',
  ENOSPC: 'no room is left on its disk',
};
