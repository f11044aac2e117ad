-- Dues: the prices that holders keep, invoices, payments, contributions. Amounts are cents.

-- What ends, or has ended, around a day.
ALTER TABLE memberships ADD KEY ending (end_date, holder);

-- The price that a holder keeps for as long as they renew without a lapse. `since` is the first day of the
-- membership it was locked for. category_now is the category while it holds, NULL once it has ended.
CREATE TABLE price_locks (
  holder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  since DATE NOT NULL,
  price_cents BIGINT NOT NULL,
  ended_on DATE NULL,
  category_now VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (holder, category, since),
  UNIQUE KEY one_lock_at_a_time (holder, category_now)
) ENGINE=InnoDB;

-- sequence is the number that people see. Of dues: the period [period_start, period_end) that is asked for;
-- begun_on is the first day of the one that is on the register for it. period_now is "holder/category/start",
-- NULL for anything but dues and once void.
CREATE TABLE invoices (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  holder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  holder_kind ENUM('PERSON', 'COMPANY') NOT NULL,
  kind ENUM('DUES', 'OTHER') NOT NULL,
  description VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  amount_cents BIGINT NOT NULL,
  paid_cents BIGINT NOT NULL,
  issued_on DATE NOT NULL,
  due_on DATE NOT NULL,
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
  period_start DATE NULL,
  period_end DATE NULL,
  begun_on DATE NULL,
  period_now VARCHAR(101) CHARACTER SET ascii COLLATE ascii_bin NULL,
  voided_on DATE NULL,
  void_reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_invoice_id (id),
  UNIQUE KEY one_invoice_a_period (period_now),
  KEY of_holder (holder, sequence)
) ENGINE=InnoDB;

-- Money received; given back where amount_cents is less than 0, refund_of then being the id of the payment.
-- refunded_cents never exceeds amount_cents. A holder of NULL is a donor who is not on the register.
CREATE TABLE payments (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reference VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  kind ENUM('DUES', 'DONATION', 'SPONSORSHIP', 'VENDOR_PARTNER', 'OTHER') NOT NULL,
  amount_cents BIGINT NOT NULL,
  refunded_cents BIGINT NOT NULL,
  received_on DATE NOT NULL,
  holder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  holder_kind ENUM('PERSON', 'COMPANY') NULL,
  invoice CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  refund_of CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  note VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_payment_id (id),
  UNIQUE KEY one_payment_a_reference (reference),
  KEY of_holder (holder, sequence),
  KEY of_invoice (invoice, sequence),
  KEY by_day (received_on, kind)
) ENGINE=InnoDB;

-- What a payment that is a contribution is beside that.
CREATE TABLE contributions (
  payment CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  donor_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  purpose VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  anonymous TINYINT(1) NOT NULL,
  PRIMARY KEY (payment)
) ENGINE=InnoDB;

-- The days whose daily run of renewals came to its end.
CREATE TABLE renewal_days (
  day DATE NOT NULL,
  finished_at BIGINT NOT NULL,
  PRIMARY KEY (day)
) ENGINE=InnoDB;
