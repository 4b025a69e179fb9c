import { type AccountPlace, type AccountSettings, ServerAccount } from "./account.ts";
import type { Mailbox } from "./mailbox.ts";

/** All accounts of the server, found by login or by address. */
export class Accounts {
  readonly #byLogin = new Map<string, ServerAccount>();
  readonly #byAddress = new Map<string, ServerAccount>();
  readonly #place: AccountPlace;

  constructor(place: AccountPlace) {
    this.#place = place;
  }

  add(settings: AccountSettings): void {
    if (this.#byLogin.has(settings.login) || this.findByAddress(settings.address)) {
      throw new Error(`Cannot add account ${settings.login}: its login or address is taken`);
    }
    const account = new ServerAccount(settings, this.#place);
    this.#byLogin.set(account.login, account);
    this.#byAddress.set(account.address.toLowerCase(), account);
  }

  authenticate(login: string, password: string): ServerAccount | undefined {
    const account = this.#byLogin.get(login);
    return account?.password === password ? account : undefined;
  }

  /** Finds an account by its login or its address. */
  find(name: string): ServerAccount | undefined {
    return this.#byLogin.get(name) ?? this.findByAddress(name);
  }

  findByAddress(address: string): ServerAccount | undefined {
    return this.#byAddress.get(address.toLowerCase());
  }

  getByLogin(login: string): ServerAccount {
    const account = this.#byLogin.get(login);
    if (!account) throw new Error(`No account has the login ${login}`);
    return account;
  }

  getByAddress(address: string): ServerAccount {
    const account = this.findByAddress(address);
    if (!account) throw new Error(`No account has the address ${address}`);
    return account;
  }

  getMailbox(address: string, name: string): Mailbox {
    const mailbox = this.getByAddress(address).find(name);
    if (!mailbox) throw new Error(`Account ${address} has no mailbox ${name}`);
    return mailbox;
  }
}
