// Turns UUIDs into their 16 bytes and back, fast enough for every box that is sealed or opened.

const notHex = 0xff;
const nibbles = new Uint8Array(128).fill(notHex);
for (let value = 0; value < 16; value++) {
  nibbles[value.toString(16).charCodeAt(0)] = value;
  nibbles[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}
const pairAt = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const dash = 0x2d;

/** Writes the 16 bytes of a UUID with dashes; answers false, the target then being spoilt, where the text is no UUID. */
export function writeUuid(target: Uint8Array, offset: number, uuid: string): boolean {
  if (uuid.length !== 36) return false;
  for (let index = 8; index <= 23; index += 5) if (uuid.charCodeAt(index) !== dash) return false;
  for (let index = 0; index < 16; index++) {
    const at = pairAt[index]!;
    const high = nibbles[uuid.charCodeAt(at)] ?? notHex;
    const low = nibbles[uuid.charCodeAt(at + 1)] ?? notHex;
    if (high === notHex || low === notHex) return false;
    target[offset + index] = (high << 4) | low;
  }
  return true;
}

/** The 16 bytes of a UUID, or undefined where the text is no UUID. */
export function uuidBytes(uuid: string): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(16);
  return writeUuid(bytes, 0, uuid) ? bytes : undefined;
}
