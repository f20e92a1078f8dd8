package dev.cairn.service.assembly;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The same on a real PostgreSQL. */
@Tag("slow")
class PostgresServiceTest {
  private static PostgresServer server;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @Nested
  class TheLifeOfABuild extends BuildContract {
    @Override
    Database database() {
      return server;
    }
  }

  @Nested
  class WhatItStores extends StorageContract {
    @Override
    Database database() {
      return server;
    }
  }

  @Nested
  class WhatLivesHowLong extends CollectionContract {
    @Override
    Database database() {
      return server;
    }
  }

  @Nested
  class BuildersAndImagesByName extends NamedContract {
    @Override
    Database database() {
      return server;
    }
  }

  @Nested
  class WhoIsNext extends FairnessContract {
    @Override
    Database database() {
      return server;
    }
  }

  @Nested
  class WhatGoesElsewhere extends PushContract {
    @Override
    Database database() {
      return server;
    }
  }

  @Nested
  class WhoDidWhat extends AuditContract {
    @Override
    Database database() {
      return server;
    }
  }

  @Nested
  class WhatReleasesLeft extends ReleaseContract {
    @Override
    Database database() {
      return server;
    }
  }

  @Nested
  class WhatItMirrors extends MirrorContract {
    @Override
    Database database() {
      return server;
    }
  }
}
