import "./style/admin.css";
import { render } from "preact";
import { App } from "./app.tsx";

const root = document.querySelector("#app");
if (!root) throw new Error("Cannot start: the page has no #app");
render(<App />, root);
