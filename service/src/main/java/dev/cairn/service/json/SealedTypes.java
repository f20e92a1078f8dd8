package dev.cairn.service.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.jsontype.NamedType;

/**
 * Lets sealed interfaces of ours speak for themselves: their cases are known without annotations.
 */
final class SealedTypes extends JacksonAnnotationIntrospector {
  private static final long serialVersionUID = 1L;
  private static final String OURS = "dev.cairn.";

  @Override
  public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(
      MapperConfig<?> config, Annotated annotated) {
    if (annotated instanceof AnnotatedClass && choice(annotated.getRawType()) != null) {
      return JsonTypeInfo.Value.construct(
          JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, "@", null, false, true, null);
    }
    return super.findPolymorphicTypeInfo(config, annotated);
  }

  @Override
  public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
    Class<?> type = annotated.getRawType();
    if (annotated instanceof AnnotatedClass && type.isSealed() && type.getName().startsWith(OURS)) {
      var cases = new ArrayList<NamedType>();
      collect(type, cases);
      return cases;
    }
    return super.findSubtypes(config, annotated);
  }

  @Override
  public @Nullable String findTypeName(MapperConfig<?> config, AnnotatedClass annotated) {
    Class<?> type = annotated.getRawType();
    return choice(type) != null && !type.isSealed() ? type.getSimpleName() : null;
  }

  private static void collect(Class<?> type, List<NamedType> cases) {
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (permitted.isSealed()) {
        collect(permitted, cases);
      } else {
        cases.add(new NamedType(permitted, permitted.getSimpleName()));
      }
    }
  }

  /** The sealed interface that a type is, or is a case of. */
  private static @Nullable Class<?> choice(Class<?> type) {
    if (!type.getName().startsWith(OURS)) {
      return null;
    }
    if (type.isInterface() && type.isSealed()) {
      return type;
    }
    for (Class<?> parent : type.getInterfaces()) {
      if (parent.isSealed() && parent.getName().startsWith(OURS)) {
        return parent;
      }
    }
    return null;
  }
}
