if not unsafe:  # type: ignore[name-defined]  # boot.py has said
    try:
        from patrol.app import Car

        Car().run()
    except Exception as error:
        from safe import crashed

        crashed(error)
