import { expect, test } from "vitest";
import { formPairs } from "./form-pairs.ts";

test.each([
  ["a=1&b=&c", ["a", "1"], ["b", ""], ["c", ""]],
  ["p=Stra%C3%9Fe+7%25", ["p", "Straße 7%"]],
  ["p=Straße", ["p", "Straße"]],
  ["p=%F0%9F%8E%89%00", ["p", "🎉\0"]],
  ["p=%EF%BF%BD", ["p", "\uFFFD"]],
  ["p=1&p=2", ["p", "1"], ["p", "2"]],
  [""],
])("formPairs() reads %j", (text, ...pairs) => {
  expect(formPairs(text)).toEqual(pairs);
});

test.each([
  ["a byte of Latin-1", "p=Stra%DFe"],
  ["a bare percent sign", "p=100%"],
  ["one within", "p=50%+off"],
  ["half an escape", "p=%4"],
  ["digits that are not hexadecimal", "p=%G1"],
  ["an escape of JavaScript", "p=%u00DF"],
  ["a sequence that is cut", "p=%E2%82"],
  ["a sequence cut by the next field", "p=%C3&q=%9F"],
  ["a sequence that is only continued", "p=%9F"],
  ["an overlong form", "p=%C0%AF"],
  ["a surrogate", "p=%ED%A0%80"],
  ["a pair of surrogates (CESU-8)", "p=%ED%A0%BC%ED%BE%89"],
  ["what is beyond Unicode", "p=%F5%80%80%80"],
  ["UTF-16", "p=%FF%FEA%00"],
  ["a wrong name", "Stra%DFe=1"],
])("formPairs() does not read %s", (_what, text) => {
  expect(formPairs(text)).toBeUndefined();
});
