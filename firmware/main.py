from patrol.app import Car

Car().run()
