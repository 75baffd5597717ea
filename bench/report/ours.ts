import { OURS } from '../refresh/at-distance.js';

export function isOurs(name: string): boolean {
  return name.startsWith(OURS);
}

export function mark(name: string): string {
  return isOurs(name) ? `**${name}**` : name;
}
