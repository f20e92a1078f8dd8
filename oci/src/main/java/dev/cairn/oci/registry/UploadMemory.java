package dev.cairn.oci.registry;

import dev.cairn.oci.http.HttpUrl;
import java.util.Optional;

/**
 * Remembers where the upload of one blob to one repository stands, so that it can be continued by a
 * later attempt or another process. What is remembered is as good as a login for that one upload.
 */
public interface UploadMemory {

  /** Nothing is remembered. */
  UploadMemory NONE =
      new UploadMemory() {
        @Override
        public Optional<HttpUrl> begun() {
          return Optional.empty();
        }

        @Override
        public void continuesAt(HttpUrl location) {}

        @Override
        public void over() {}
      };

  /** Where an earlier attempt would have gone on. */
  Optional<HttpUrl> begun();

  /** Where the next piece goes; what was sent before is with the registry. */
  void continuesAt(HttpUrl location);

  /** The upload has ended, or can not be continued. */
  void over();
}
