import { ErrorBoundary, LocationProvider, Route, Router } from "preact-iso";
import { Announcements } from "./parts/announcements.tsx";
import { Frame } from "./frame/frame.tsx";
import { applyScheme, chosenScheme } from "./frame/colour-scheme.ts";
import { ROUTES } from "./routes.ts";
import { NotFound } from "./screens/not-found.tsx";
import { SignedIn } from "./session/session.tsx";

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
