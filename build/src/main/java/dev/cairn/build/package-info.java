/**
 * The model of a build, and the ports around it.
 *
 * <p>A dialect translates what it hears into a {@link dev.cairn.build.BuildRequest}; the service
 * keeps it and hands it as a {@link dev.cairn.build.BuildJob} to a {@link dev.cairn.build.Builder},
 * which asks the ports ({@link dev.cairn.build.Sources}, {@link dev.cairn.build.Secrets}, {@link
 * dev.cairn.build.CacheRecords}, {@link dev.cairn.build.BlobLeases}) for what it needs, tells the
 * {@link dev.cairn.build.BuildSink} what happens and returns a {@link dev.cairn.build.BuildResult}.
 */
@NullMarked
package dev.cairn.build;

import org.jspecify.annotations.NullMarked;
