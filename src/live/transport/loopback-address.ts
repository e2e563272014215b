/** Addresses of P-clients on the loopback interface: 127.1.0.0 and the client's number. */

const FIRST = "127.1.", CLIENT = /^(?:::ffff:)?127\.1\.(\d{1,3})\.(\d{1,3})$/;

/** @param client Below 65,536. */
export function loopbackAddress(client: number): string { return `${FIRST}${client >> 8}.${client & 255}`; }

/** Number of the client that has an address; undefined for any other. */
export function clientOfAddress(address: string): number | undefined {
  const [, high, low] = CLIENT.exec(address) ?? [];
  return high === undefined ? undefined : Number(high) * 256 + Number(low);
}
