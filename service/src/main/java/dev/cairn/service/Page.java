package dev.cairn.service;

import java.util.List;
import java.util.Optional;

/**
 * Part of a list.
 *
 * @param items in order
 * @param next where the following page begins; absent on the last
 */
public record Page<T>(List<T> items, Optional<String> next) {
  public Page {
    items = List.copyOf(items);
  }
}
