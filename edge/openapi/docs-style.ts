/** The style of the API documentation. Its hash is in the page's policy, so the page must contain it unchanged. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1a1a1a; --soft: #5b5b66; --line: #d9d9e0; --back: #fff; --box: #f5f5f7; --link: #1d4ed8; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e7e7ea; --soft: #a3a3ad; --line: #3a3a42; --back: #17171a; --box: #222227; --link: #93c5fd; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--text); background: var(--back); }
a { color: var(--link); }
nav { padding: 1.5rem; border-right: 1px solid var(--line); font-size: .9rem; }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0; }
nav li { margin: .15rem 0; overflow-wrap: anywhere; }
main { padding: 1.5rem; max-width: 52rem; min-width: 0; }
@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 20rem 1fr; }
  nav { position: sticky; top: 0; height: 100vh; overflow: auto; }
}
h2 { margin: 3rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { margin: 2.5rem 0 .25rem; overflow-wrap: anywhere; }
h4 { margin: 1.25rem 0 .25rem; font-size: .9rem; color: var(--soft); }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover, h3 a:focus { text-decoration: underline; }
code, pre { font: .85rem/1.5 ui-monospace, monospace; }
.method { padding: .1rem .4rem; border-radius: .25rem; background: var(--box); color: var(--soft); }
pre { background: var(--box); padding: .75rem; border-radius: .35rem; overflow: auto; }
table { border-collapse: collapse; width: 100%; }
td { padding: .3rem 1rem .3rem 0; vertical-align: top; border-top: 1px solid var(--line); }
td:first-child { white-space: nowrap; }
.soft { color: var(--soft); }`;
