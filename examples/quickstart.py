"""The first five minutes with the SDK: write two records, find them again, read one.

LIGHTFIELD_BASE_URL=http://127.0.0.1:8000 LIGHTFIELD_API_KEY=sk_lf_… python examples/quickstart.py
"""

from lightfield import Lightfield


def main() -> None:
    with Lightfield() as client:
        # A company, and somebody who works there.
        account = client.account.create(
            fields={"$name": "Harbour Coffee Roasters", "$website": ["https://harbour-coffee.example"]},
        )
        client.contact.create(
            fields={
                "$name": {"firstName": "Nadia", "lastName": "Osei"},
                "$email": ["nadia.osei@harbour-coffee.example"],
                "$title": "Head of Purchasing",
            },
            relationships={"$account": account.id},
        )

        # Everybody there whose title begins so: all conditions must hold.
        for person in client.contact.list_all(filters={"$account": account.id, "$title": {"startsWith": "Head of"}}):
            name = person.get("$name")
            print(f"{name.first_name} {name.last_name}, {person.get('$title')}: {', '.join(person.get('$email'))}")

        # A record has fields, relationships, and the moment it was made.
        record = client.account.retrieve(account.id)
        print(f"{record.get('$name')} has {len(record.get('$contact'))} contact, and was made at {record.created_at}.")


if __name__ == "__main__":
    main()
