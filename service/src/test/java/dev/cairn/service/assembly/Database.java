package dev.cairn.service.assembly;

import java.util.Optional;

/** A kind of database; each service under test has one of its own. */
interface Database {

  /** Where a new, empty database is; nothing for the file in the data directory. */
  Optional<ServiceSettings.Postgres> fresh();

  /** The file. */
  Database SQLITE = Optional::empty;
}
