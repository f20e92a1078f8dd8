/** The service put together: everything of it made by {@code new}, in one visible place. */
@NullMarked
package dev.cairn.service.assembly;

import org.jspecify.annotations.NullMarked;
