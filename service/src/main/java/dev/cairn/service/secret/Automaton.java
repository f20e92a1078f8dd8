package dev.cairn.service.secret;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds many texts in one pass (Aho and Corasick, 1975). State 0 is the beginning. */
final class Automaton {
  private final List<Map<Character, Integer>> next = new ArrayList<>();
  private final List<Integer> depth = new ArrayList<>();
  private final int[] fallback;
  private final int[] matched;

  Automaton(Collection<String> texts) {
    newState(0);
    var ends = new HashMap<Integer, Integer>();
    for (String text : texts) {
      int state = 0;
      for (int i = 0; i < text.length(); i++) {
        Integer following = next.get(state).get(text.charAt(i));
        if (following == null) {
          following = newState(depth.get(state) + 1);
          next.get(state).put(text.charAt(i), following);
        }
        state = following;
      }
      ends.put(state, text.length());
    }
    fallback = new int[next.size()];
    matched = new int[next.size()];
    ends.forEach((state, length) -> matched[state] = length);
    link();
  }

  private int newState(int at) {
    next.add(new HashMap<>(2));
    depth.add(at);
    return next.size() - 1;
  }

  private void link() {
    var queue = new ArrayDeque<Integer>(next.get(0).values());
    while (!queue.isEmpty()) {
      int state = queue.remove();
      matched[state] = Math.max(matched[state], matched[fallback[state]]);
      next.get(state)
          .forEach((character, following) -> {
            fallback[following] = step(fallback[state], character);
            queue.add(following);
          });
    }
  }

  /** The state after one more character. */
  int step(int from, char character) {
    int state = from;
    while (true) {
      Integer following = next.get(state).get(character);
      if (following != null) {
        return following;
      }
      if (state == 0) {
        return 0;
      }
      state = fallback[state];
    }
  }

  /** The length of the longest text that ends here; 0 for none. */
  int matched(int state) {
    return matched[state];
  }

  /** How many of the last characters may begin a text. */
  int depth(int state) {
    return depth.get(state);
  }
}
