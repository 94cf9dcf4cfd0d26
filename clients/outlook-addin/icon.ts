import { deflateSync, crc32 } from 'node:zlib';

/** Waybill's mark as a PNG of the given size: the drawing of `markSvg` on its grid of 20, by distance to its shapes. */
export function iconPng(size: number): Buffer {
  const rows = Buffer.alloc(size * (1 + size * 4));
  const scale = 20 / size;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) rows.set(pixel((x + 0.5) * scale, (y + 0.5) * scale, scale), y * (1 + size * 4) + 1 + x * 4);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

type Rgb = readonly [number, number, number];
const [field, line, dot]: [Rgb, Rgb, Rgb] = [
  [0x0c, 0x3b, 0x5e],
  [0xff, 0xff, 0xff],
  [0x62, 0xab, 0xf5],
];
const stroke: readonly (readonly [number, number])[] = [
  [4, 6.5],
  [7, 13.5],
  [10, 8],
  [13, 13.5],
  [15, 8.8],
];

function pixel(x: number, y: number, scale: number): number[] {
  const cover = (distance: number) => Math.min(1, Math.max(0, 0.5 - distance / scale));
  const [dx, dy] = [Math.abs(x - 10) - 6, Math.abs(y - 10) - 6];
  const square = Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - 4;
  let distance = Infinity;
  for (let at = 1; at < stroke.length; at++) distance = Math.min(distance, toSegment(x, y, stroke[at - 1] ?? [0, 0], stroke[at] ?? [0, 0]));
  let colour = mix(field, line, cover(distance - 0.9));
  colour = mix(colour, dot, cover(Math.hypot(x - 15.6, y - 6) - 1.9));
  return [...colour.map(Math.round), Math.round(cover(square) * 255)];
}

function toSegment(x: number, y: number, [ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): number {
  const along = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}

function mix([r, g, b]: Rgb, [s, t, u]: Rgb, part: number): Rgb {
  return [r + (s - r) * part, g + (t - g) * part, b + (u - b) * part];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
