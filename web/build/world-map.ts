import { readFileSync } from 'node:fs';
import { geoCentroid, geoDistance, geoEqualEarth, geoPath } from 'd3-geo';
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from 'geojson';
import { feature } from 'topojson-client';
import { presimplify, simplify } from 'topojson-simplify';
import type { GeometryCollection, Topology } from 'topojson-specification';
import type { Plugin } from 'vite';
import world from 'world-atlas/countries-50m.json' with { type: 'json' };
import type { Territory, WorldMap } from '../src/explorer/world-map.ts';

const MODULE = 'virtual:world-map';

/** A place in the reference facts of the server. */
interface Place {
  code: string;
  numeric: string | null;
  latitude: number;
  longitude: number;
}

/**
 * The world as paths of an SVG image, by country code. Made during the build, since neither shapes nor projection ever
 * change: the browser gets a quarter of the bytes and has no geometry to compute.
 */
export function worldMap(referenceFile: string): Plugin {
  return {
    name: 'world-map',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id) => {
      if (id !== `\0${MODULE}`) return undefined;
      const { records } = JSON.parse(readFileSync(referenceFile, 'utf8')) as { records: Place[] };
      return `export const map = JSON.parse(${JSON.stringify(JSON.stringify(draw(records)))});`;
    },
  };
}

type Point = [number, number];
type Named = { name: string };
type Atlas = { countries: GeometryCollection<Named> };
type Shape = Feature<MultiPolygon>;

const WIDTH = 1000;
/** Whole numbers in paths are tenths of a unit. */
const PRECISION = 10;
/** Square degrees: corners that change the area by less are left out. */
const SMALLEST_CORNER = 0.03;
/** Square units: smaller countries get a dot that can be hit. */
const SMALL_AREA = 14;
/** Square units: smaller islands are left out of countries that have larger ones. */
const SMALLEST_ISLAND = 0.25;

/** Equal Earth shows areas in their true proportions. The cut is in the Bering Strait. */
const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(WIDTH, { type: 'Sphere' });
const path = geoPath(projection);

/** The view of each region: west, south, east, north. */
const FRAMES: Record<string, [number, number, number, number]> = {
  WORLD: [-168, -56, 190, 84.5],
  AFRICA: [-26, -36, 60, 38],
  AMERICAS: [-135, -56, -30, 66],
  ASIA: [26, -11, 148, 56],
  EUROPE: [-25, 34, 60, 71.5],
  OCEANIA: [110, -48, 205, 20],
  ANTARCTIC: [-168, -56, 190, 84.5],
};

function draw(places: Place[]): WorldMap {
  const shapes = shapesOf(places);
  const territories: Record<string, Territory> = {};
  for (const { code, longitude, latitude } of places) {
    const point = projection([longitude, latitude]);
    if (point) territories[code] = territoryOf(point, shapes.get(code));
    shapes.delete(code);
  }
  const frames = Object.fromEntries(Object.entries(FRAMES).map(([name, frame]) => [name, boxOf(frame)]));
  return { territories, frames, unclaimed: [...shapes.values()].map(pathOf) };
}

function territoryOf(point: [number, number], shape: Shape | undefined): Territory {
  const [x, y] = [round(point[0]), round(point[1])];
  if (!shape) return { x, y, isSmall: true };
  const [[left, top], [right, bottom]] = path.bounds(largest(shape.geometry));
  const territory: Territory = { x, y, path: pathOf(shape), box: [left, top, right - left, bottom - top].map(round) };
  if (path.area(shape) < SMALL_AREA) territory.isSmall = true;
  return territory;
}

/** By country code, or by name where the shape has none. */
function shapesOf(places: Place[]): Map<string, Shape> {
  const codes = new Map(places.map(({ numeric, code }) => [numeric, code]));
  // It has no number in ISO 3166-1.
  const named: Record<string, string> = { Kosovo: 'XK' };
  const topology = simplify(presimplify(world as unknown as Topology<Atlas>), SMALLEST_CORNER);
  const { features } = feature(topology, topology.objects.countries) as FeatureCollection<
    Polygon | MultiPolygon,
    Named
  >;
  const shapes = new Map<string, Shape>();
  for (const it of features) {
    const code = codes.get(String(it.id)) ?? named[it.properties.name] ?? it.properties.name;
    // Antarctica has no population or GDP, and is as wide as the map.
    if (code !== 'AQ') add(shapes, code, partsOf(it));
  }
  separate(places, shapes);
  return shapes;
}

/** Radians: parts of a country this near to a place may belong to it. */
const NEAR = 0.1;
/** Radians: and they do if they are this far from the mainland. */
const FAR = 0.2;

/** Parts of another country's shape that have a code of their own, such as French Guiana, get a shape of their own. */
function separate(places: Place[], shapes: Map<string, Shape>): void {
  const missing = places.filter(({ code }) => !shapes.has(code) && code !== 'AQ');
  for (const { geometry } of [...shapes.values()]) {
    const mainland = geoCentroid(largest(geometry));
    geometry.coordinates = geometry.coordinates.filter((part) => {
      const centre = geoCentroid(polygon(part));
      const owner = geoDistance(centre, mainland) > FAR ? nearest(missing, centre) : undefined;
      if (!owner) return true;
      add(shapes, owner.code, [part]);
      return false;
    });
  }
}

function nearest(places: Place[], point: [number, number]): Place | undefined {
  const distance = ({ longitude, latitude }: Place) => geoDistance([longitude, latitude], point);
  return places.filter((it) => distance(it) < NEAR).sort((a, b) => distance(a) - distance(b))[0];
}

function largest({ coordinates }: MultiPolygon): Polygon {
  return coordinates.map(polygon).sort((a, b) => path.area(b) - path.area(a))[0] as Polygon;
}

function partsOf({ geometry }: Feature<Polygon | MultiPolygon>): Position[][][] {
  return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
}

/** Some codes have several shapes, such as AU for Australia and its Ashmore and Cartier Islands. */
function add(shapes: Map<string, Shape>, code: string, parts: Position[][][]): void {
  shapes.set(code, shapeOf([...(shapes.get(code)?.geometry.coordinates ?? []), ...parts]));
}

const shapeOf = (coordinates: Position[][][]): Shape => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'MultiPolygon', coordinates },
});

const polygon = (coordinates: Position[][]): Polygon => ({ type: 'Polygon', coordinates });

/** Relative whole numbers: half as long as what d3 writes. */
function pathOf({ geometry: { coordinates } }: Shape): string {
  const parts = coordinates.map(polygon);
  const visible = parts.filter((part) => path.area(part) >= SMALLEST_ISLAND);
  const writer = new RelativePath();
  const drawn = visible.length > 0 ? visible : parts;
  geoPath(projection, writer)(shapeOf(drawn.map((it) => it.coordinates)));
  return writer.text;
}

class RelativePath {
  text = '';
  #x = 0;
  #y = 0;
  #start: [number, number] = [0, 0];

  moveTo(x: number, y: number): void {
    this.#step(x, y, 'm');
    this.#start = [this.#x, this.#y];
  }

  lineTo(x: number, y: number): void {
    this.#step(x, y, 'l');
  }

  closePath(): void {
    this.text += 'z';
    [this.#x, this.#y] = this.#start;
  }

  beginPath(): void {}

  arc(): void {}

  #step(x: number, y: number, command: 'm' | 'l'): void {
    const [toX, toY] = [Math.round(x * PRECISION), Math.round(y * PRECISION)];
    const [dx, dy] = [toX - this.#x, toY - this.#y];
    if (command === 'l' && dx === 0 && dy === 0) return;
    this.text += `${command}${dx}${dy < 0 ? '' : ' '}${dy}`;
    [this.#x, this.#y] = [toX, toY];
  }
}

/** The box around the frame's edges on the map. */
function boxOf([west, south, east, north]: [number, number, number, number]): number[] {
  const points: Point[] = [];
  for (let step = 0; step <= 1; step += 0.125) {
    const [longitude, latitude] = [west + (east - west) * step, south + (north - south) * step];
    points.push([longitude, south], [longitude, north], [west, latitude], [east, latitude]);
  }
  const projected = points.map((point): Point => projection(point) ?? [0, 0]);
  const [xs, ys] = [projected.map(([x]) => x), projected.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top].map(round);
}

function round(value: number): number {
  return Math.round(value * PRECISION);
}
