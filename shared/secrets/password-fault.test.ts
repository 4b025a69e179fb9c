import { expect, test } from "vitest";
import { passwordFault } from "./password-fault.ts";

const EMAIL = "rosalind@example.com";
const EASY = "must not be made of common words, neighbouring keys and repetitions alone";
const OWN = "must not contain the e-mail address";

test.each([
  ["", "must be at least 12 characters long"],
  ["k7#Qz!9vP2m", "must be at least 12 characters long"],
  ["🦉🦉🦉🦉🦉🦉", "must be at least 12 characters long"],
  ["correct horse ".repeat(15), "must be at most 200 characters long"],
  ["rosalind goes to town", OWN],
  ["xx-ROSALIND@example.com-xx", OWN],
  ["password1234", EASY],
  ["P@ssw0rd1234", EASY],
  ["passwordpassword", EASY],
  ["Superman2024!!", EASY],
  ["adminadmin12", EASY],
  ["superimapadmin", EASY],
  ["aaaaaaaaaaaaaaaa", EASY],
  ["112233445566", EASY],
  ["qwertyuiop[]", EASY],
  ["q1w2e3r4t5y6", EASY],
  ["1qaz2wsx3edc", EASY],
  ["987654321098", EASY],
  ["zyxwvutsrqpo", EASY],
  ["Administrator", EASY],
])("%j is refused as too easy", (password, fault) => {
  expect(passwordFault(password, EMAIL)).toBe(fault);
});

test.each([
  "k7#Qz!9vP2mW",
  "correct horse battery staple",
  "кошка на крыше спит",
  "8392 0174 6583",
  "1k7d-9mx2-q0zt-wv4e",
])("%j is accepted", (password) => {
  expect(passwordFault(password, EMAIL)).toBeUndefined();
});

test("a very short address does not restrict passwords", () => {
  expect(passwordFault("k7#Qz!9vP2mW", "k7@example.com")).toBeUndefined();
});
