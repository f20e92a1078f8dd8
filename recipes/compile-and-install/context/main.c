void greet(const char *whom);

int main(int count, char **words) {
  greet(count > 1 ? words[count - 1] : "world");
  return 0;
}
