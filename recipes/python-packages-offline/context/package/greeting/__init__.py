def main():
    print("greetings from a package")
