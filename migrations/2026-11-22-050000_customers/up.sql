-- Who a consumer is to the bank: what userinfo tells of them, to those whom they allowed it. `entity` is the FDX customer,
-- `claims` are standard claims of OpenID Connect for which FDX has no words (locale, whether an address was verified).
CREATE TABLE customers (
    user_id    text PRIMARY KEY,
    entity     jsonb NOT NULL,
    claims     jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
