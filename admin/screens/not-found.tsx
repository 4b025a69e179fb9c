import { Page } from "../frame/page.tsx";

export const NotFound = () => (
  <Page title="There is no such page">
    <p>
      The address may be mistyped, or what it showed is gone. Go on from{" "}
      <a href="/admin/">the overview</a>.
    </p>
  </Page>
);
