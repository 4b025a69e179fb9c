import { generateKeyPairSync, randomBytes } from "node:crypto";
import * as v from "valibot";
import { DEVELOPMENT_KID } from "../../shared/secrets/development-keys.ts";
import { generateMailboxKeys, generatePartnerKeys } from "../../shared/secrets/vault.ts";
import { oauthClient, signingKey } from "../servers/authorization-server/settings.ts";
import { readJsonFile, writePrivateFile } from "../processes/private-file.ts";

const text = v.pipe(v.string(), v.nonEmpty());

const demoUser = v.strictObject({ tag: text, login: text, password: text, address: text });
export type DemoUser = v.InferOutput<typeof demoUser>;

const keys = v.strictObject({
  postgres_password: text,
  /**
   * This field and the next two are JSON Web Key Sets, in the format of the settings of edge and
   * fleet.
   */
  mailbox_public_keys: text,
  mailbox_private_keys: text,
  partner_keys: text,
  users: v.array(demoUser),
  /** A mailbox that is not registered as a user, so that a newcomer can add it. */
  spare: demoUser,
  /** The secrets and the accounts of the demo authorization server. */
  oauth: v.strictObject({
    client: oauthClient,
    introspection_client: oauthClient,
    signing_key: signingKey,
    cookie_key: text,
    /** Mailboxes that a person can connect in a browser. */
    accounts: v.array(demoUser),
  }),
});

/**
 * All secrets of one stack. They are created once and stored with the stack's data, because the
 * data cannot be opened with other secrets.
 */
export type Keys = v.InferOutput<typeof keys>;

/** Reads the keys. Returns undefined when the file is missing or invalid. */
export const readKeys = (keysFile: string): Promise<Keys | undefined> =>
  readJsonFile(keysFile, keys);

/**
 * Creates keys and stores them in the file.
 *
 * @param kidPrefix The prefix of all key ids. Development keys have the prefix `dev-`, which
 * production refuses.
 */
export async function makeKeys(keysFile: string, kidPrefix = ""): Promise<Keys> {
  const made = await newKeys(kidPrefix);
  await writePrivateFile(keysFile, JSON.stringify(made, null, 2));
  return made;
}

/** Returns the keys in the file, or creates new ones. */
export const keepKeys = async (keysFile: string): Promise<Keys> =>
  (await readKeys(keysFile)) ?? (await makeKeys(keysFile, DEVELOPMENT_KID));

async function newKeys(kidPrefix: string): Promise<Keys> {
  const mailbox = await generateMailboxKeys(kidPrefix);
  return {
    postgres_password: newPassword(),
    mailbox_public_keys: JSON.stringify(mailbox.publicKeys),
    mailbox_private_keys: JSON.stringify(mailbox.privateKeys),
    partner_keys: JSON.stringify(generatePartnerKeys(kidPrefix)),
    users: ["alice", "bob", "carol"].map(newDemoUser),
    spare: newDemoUser("me"),
    oauth: {
      client: { id: "demo-partner", secret: newPassword() },
      introspection_client: { id: "demo-mail-server", secret: newPassword() },
      signing_key: newRsaKey(),
      cookie_key: newPassword(),
      accounts: ["olga", "omar"].map(newDemoUser),
    },
  };
}

const newDemoUser = (tag: string): DemoUser => ({
  tag,
  login: tag,
  password: newPassword(),
  address: `${tag}@demo.test`,
});

/** Creates an RSA key that signs ID tokens (RS256). */
export function newRsaKey(): v.InferOutput<typeof signingKey> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return { ...privateKey.export({ format: "jwk" }), kty: "RSA" };
}

const newPassword = () => randomBytes(12).toString("hex");
