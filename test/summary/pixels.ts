import { createCanvas, loadImage, type SKRSContext2D } from '@napi-rs/canvas';

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The pixels of a part of a PNG, each as `#rrggbb`, row by row. */
export async function pixelsOf(png: Buffer, area: Area): Promise<string[]> {
  return Array.from(await dataOf(png, area), hexOf);
}

export async function colorsOf(png: Buffer, area: Area): Promise<Set<string>> {
  return new Set(Array.from(new Set(await dataOf(png, area)), hexOf));
}

/** All the rest of a PNG, as bytes to be compared. */
export async function pixelsOutside(png: Buffer, { x, y, width, height }: Area): Promise<Buffer> {
  const context = await contextOf(png);
  context.clearRect(x, y, width, height);
  return Buffer.from(context.getImageData(0, 0, context.canvas.width, context.canvas.height).data);
}

/** One number for each pixel: red is the lowest byte. */
async function dataOf(png: Buffer, { x, y, width, height }: Area): Promise<Uint32Array> {
  const { data } = (await contextOf(png)).getImageData(x, y, width, height);
  return new Uint32Array(data.buffer, data.byteOffset, width * height);
}

async function contextOf(png: Buffer): Promise<SKRSContext2D> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return context;
}

function hexOf(pixel: number): string {
  const [red, green, blue] = [pixel & 0xff, (pixel >> 8) & 0xff, (pixel >> 16) & 0xff];
  return `#${Buffer.from([red, green, blue]).toString('hex')}`;
}
