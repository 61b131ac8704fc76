-- A copy of a database forgets the keys, so that it can neither read nor report anything.
UPDATE lengow_account
   SET access_token = NULL,
       secret_token = NULL,
       state = 'draft',
       test_mode = true;
