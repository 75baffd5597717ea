declare module 'virtual:world-map' {
  export const map: import('./explorer/world-map.ts').WorldMap;
}
