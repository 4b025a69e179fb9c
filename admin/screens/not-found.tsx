import { Page } from "../frame/page.tsx";

export const NotFound = () => (
  <Page title="Page not found">
    <p>
      The address may be mistyped, or the item was deleted. Go to <a href="/admin/">the overview</a>
      .
    </p>
  </Page>
);
