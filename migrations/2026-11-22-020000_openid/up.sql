-- Who a consumer is, as far as a recipient asked and the bank told: one row a grant that asked for any claim by name or
-- by scope. `asked` is the claims parameter, `told` the claims that the consent application gave of those asked.
CREATE TABLE consent_identities (
    consent_id uuid PRIMARY KEY REFERENCES consent_grants,
    asked      jsonb NOT NULL,
    told       jsonb NOT NULL
);

-- Whether the client itself brought the request. Those that anybody can bring in its name, through a browser, are counted
-- apart: a flood of them keeps no pushed request out.
ALTER TABLE authorization_requests ADD COLUMN pushed boolean NOT NULL DEFAULT true;
