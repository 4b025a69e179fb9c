import { ErrorBoundary, LocationProvider, Route, Router } from "preact-iso";
import { Announcements } from "./parts/announcements.tsx";
import { Frame } from "./frame/frame.tsx";
import { applyScheme, chosenScheme } from "./frame/colour-scheme.ts";
import { ROUTES } from "./routes.ts";
import { SignedIn } from "./session/session.tsx";
import { Page } from "./frame/page.tsx";

applyScheme(chosenScheme());

/**
 * Shows the screen for the current address if an admin is signed in, otherwise the sign-in form.
 */
export const App = () => (
  <LocationProvider scope="/admin">
    <Announcements>
      <SignedIn>
        <Frame>
          <ErrorBoundary>
            <Router>
              {Object.entries(ROUTES).map(([path, screen]) => (
                <Route key={path} path={path} component={screen} />
              ))}
              <Route default component={NotFound} />
            </Router>
          </ErrorBoundary>
        </Frame>
      </SignedIn>
    </Announcements>
  </LocationProvider>
);

const NotFound = () => (
  <Page title="Page not found">
    <p>
      The address may be mistyped, or the item was deleted. Go to <a href="/admin/">the overview</a>
      .
    </p>
  </Page>
);
