-- A copy of a database forgets the keys, so that it can neither read nor report anything.
UPDATE lengow_account
   SET access_token = NULL,
       secret_token = NULL,
       state = 'draft',
       test_mode = true;

-- Nor is it the shop: nobody fetches its catalogs, and none is made anew.
UPDATE lengow_catalogue
   SET token = NULL,
       old_token = NULL,
       old_token_until = NULL,
       registered_digest = NULL,
       is_pushed = false,
       state = 'draft';
