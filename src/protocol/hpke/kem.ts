/** What HPKE asks of a key encapsulation method. */

/** A fresh secret and the bytes that carry it to the recipient. */
export interface Encapsulation { readonly encapsulated: Buffer; readonly secret: Buffer }

/** A public key of any method. */
export interface KemPublicKey { readonly bytes: Buffer }

/**
 * A key encapsulation method. Sizes in bytes.
 *
 * A `sender` makes it authenticated: only the holder of that private key can have made the secret. Methods without
 * authentication refuse one.
 */
export interface Kem<Pair extends KemPublicKey = KemPublicKey, Public extends KemPublicKey = KemPublicKey> {
  readonly id: number;
  readonly encapsulatedBytes: number;
  readonly publicBytes: number;
  generateKeyPair(): Pair;
  /** A key pair that is a function of secret key material of at least the private key's size. */
  deriveKeyPair(material: Uint8Array): Pair;
  parsePublicKey(bytes: Uint8Array): Public;
  parsePrivateKey(bytes: Uint8Array): Pair;
  /** @param ephemeral Given by tests of published vectors only. */
  encapsulate(recipient: Public, sender?: Pair, ephemeral?: Pair): Encapsulation;
  decapsulate(encapsulated: Uint8Array, recipient: Pair, sender?: Public): Buffer;
}
