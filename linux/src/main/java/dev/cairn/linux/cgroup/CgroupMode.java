package dev.cairn.linux.cgroup;

/** How the kernel shows its control groups here. */
public enum CgroupMode {
  /** One hierarchy per controller. */
  V1,
  /** Controllers in v1 hierarchies and an empty v2 hierarchy beside them. */
  HYBRID,
  /** One hierarchy for everything. */
  V2,
  /** None that we can see. */
  NONE
}
