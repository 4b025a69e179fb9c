/** The path of a partner's logo. Another image has another digest, so caches may keep it. */
export const toLogoPath = (partnerId: string, digest: string) =>
  `/connect/logo/${partnerId}/${digest}`;
