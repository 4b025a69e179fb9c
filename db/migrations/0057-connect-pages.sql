-- How the connect pages show the partner. The logo is an image in base64; its digest names it in
-- its URL.
alter table partners
  add column privacy_url text,
  add column terms_url text,
  add column website_url text,
  add column accent_color text,
  add column logo_type text,
  add column logo_base64 text,
  add column logo_digest text;
