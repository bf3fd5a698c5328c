// ids → the keys of the ward's maps.
export function gatewayKey(site: string, gateway: string): string {
  return `${site}/${gateway}`;
}

export function sensorKey(site: string, gateway: string, sensor: string): string {
  return `${site}/${gateway}/${sensor}`;
}
