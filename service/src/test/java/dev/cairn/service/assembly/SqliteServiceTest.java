package dev.cairn.service.assembly;

import org.junit.jupiter.api.Nested;

/** The service on its own file. */
class SqliteServiceTest {

  @Nested
  class TheLifeOfABuild extends BuildContract {
    @Override
    Database database() {
      return Database.SQLITE;
    }
  }

  @Nested
  class WhatItStores extends StorageContract {
    @Override
    Database database() {
      return Database.SQLITE;
    }
  }

  @Nested
  class WhatLivesHowLong extends CollectionContract {
    @Override
    Database database() {
      return Database.SQLITE;
    }
  }

  @Nested
  class BuildersAndImagesByName extends NamedContract {
    @Override
    Database database() {
      return Database.SQLITE;
    }
  }

  @Nested
  class WhoIsNext extends FairnessContract {
    @Override
    Database database() {
      return Database.SQLITE;
    }
  }

  @Nested
  class WhatGoesElsewhere extends PushContract {
    @Override
    Database database() {
      return Database.SQLITE;
    }
  }

  @Nested
  class WhoDidWhat extends AuditContract {
    @Override
    Database database() {
      return Database.SQLITE;
    }
  }

  @Nested
  class WhatReleasesLeft extends ReleaseContract {
    @Override
    Database database() {
      return Database.SQLITE;
    }
  }

  @Nested
  class WhatItMirrors extends MirrorContract {
    @Override
    Database database() {
      return Database.SQLITE;
    }
  }
}
