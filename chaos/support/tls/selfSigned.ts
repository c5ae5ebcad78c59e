/** A certificate that nobody vouches for, made on the spot: no key lies around in a repository. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto"

const der = (tag: number, ...contents: ReadonlyArray<Uint8Array>): Buffer => {
  const body = Buffer.concat(contents)
  const size = body.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...contents: ReadonlyArray<Uint8Array>) => der(0x30, ...contents)
const hex = (digits: string) => Buffer.from(digits, "hex")

/** `ecdsa-with-SHA256` */
const algorithm = sequence(der(0x06, hex("2a8648ce3d040302")))

const name = (commonName: string) =>
  sequence(der(0x31, sequence(der(0x06, hex("550403")), der(0x0c, Buffer.from(commonName)))))

const time = (date: Date) => der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, "")}`))

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`

/** A key and a certificate for 127.0.0.1, valid for a day around now. */
export const selfSigned = (): { readonly key: string; readonly cert: string } => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const day = 86_400_000
  const subject = name("127.0.0.1")
  const address = sequence(sequence(
    der(0x06, hex("551d11")),
    der(0x04, sequence(der(0x87, Buffer.from([127, 0, 0, 1]))))
  ))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    algorithm,
    subject,
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, address)
  )
  const signature = sign("sha256", body, privateKey)
  return {
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    cert: pem("CERTIFICATE", sequence(body, algorithm, der(0x03, Buffer.from([0]), signature)))
  }
}
