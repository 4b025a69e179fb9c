import "./style/admin.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { hideExactTimes } from "./parts/time/hide-exact-times.ts";
import { showUnseen } from "./frame/show-unseen.ts";

const root = document.querySelector("#app");
if (!root) throw new Error("Cannot start: the page has no #app");
showUnseen();
hideExactTimes();
render(<App />, root);
