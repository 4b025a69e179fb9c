// @peculiar/x509 requires this import first.
import "reflect-metadata";
import { X509Certificate } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { writePrivateFile } from "../processes/private-file.ts";
import { HOST } from "./ports.ts";

export interface Certificates {
  caFile: string;
  certificateFile: string;
  keyFile: string;
}

const DAY_MS = 86_400_000;
/**
 * How long a certificate is valid. Apple's systems refuse server certificates that are valid for
 * more than 825 days.
 */
const LIFETIME_MS = 365 * DAY_MS;
const RENEW_BEFORE_MS = 30 * DAY_MS;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * Returns a certificate for `localhost` and 127.0.0.1, and the certificate of its authority.
 * Expiring certificates are renewed. The authority's private key is not stored, so nobody can sign
 * with it.
 */
export async function keepCertificates(folder: string): Promise<Certificates> {
  const files: Certificates = {
    caFile: join(folder, "ca.pem"),
    certificateFile: join(folder, "server.pem"),
    keyFile: join(folder, "server.key"),
  };
  if (await isFresh(files)) return files;
  const made = await newCertificates(new Date());
  await mkdir(folder, { recursive: true });
  await writeFile(files.caFile, made.ca);
  await writePrivateFile(files.keyFile, made.key);
  await writeFile(files.certificateFile, made.certificate);
  return files;
}

async function isFresh({ caFile, certificateFile, keyFile }: Certificates): Promise<boolean> {
  try {
    const [ca, certificate] = await Promise.all(
      [caFile, certificateFile, keyFile].map((file) => readFile(file)),
    );
    if (!ca || !certificate) return false;
    const server = new X509Certificate(certificate);
    const leftMs = server.validToDate.getTime() - Date.now();
    return leftMs > RENEW_BEFORE_MS && server.checkIssued(new X509Certificate(ca));
  } catch {
    return false;
  }
}

async function newCertificates(now: Date) {
  const validity = {
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + LIFETIME_MS),
    signingAlgorithm: ALGORITHM,
  };
  const caKeys = await newKeyPair();
  const serverKeys = await newKeyPair();
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: "CN=SuperIMAP local authority",
    keys: caKeys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const server = await X509CertificateGenerator.create({
    ...validity,
    subject: "CN=localhost",
    issuer: ca.subject,
    publicKey: serverKeys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: HOST },
      ]),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", serverKeys.privateKey));
  return {
    ca: ca.toString("pem"),
    certificate: server.toString("pem"),
    key: `-----BEGIN PRIVATE KEY-----\n${key.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`,
  };
}

const newKeyPair = () => crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
